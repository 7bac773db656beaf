"""Building blocks of invented names in ten cultures and five scripts. Data only.

Each block is `latin[/other latin spelling]*[=native]`. A token is one given name, or a stem and an ending; its
spellings follow from its blocks, so a name is known in every spelling without asking the code that is measured.
Given names are common ones of each culture; surnames are put together from syllables and mean nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Culture:
    """How names are made. `share`: of the register. `state`: an invented nationality (ISO user-assigned).

    `order`: which tokens a full name has: g given, f father's given name as it is, p patronymic, s surname, h second
    given name. `native`: the script's name where the culture has one of its own.
    """

    code: str
    state: str
    share: float
    men: str
    women: str
    stems: str
    endings: str
    women_endings: str = ""
    patronymic: tuple[str, str] = ("", "")
    order: tuple[str, ...] = ("gs",)
    native: str = ""
    links: tuple[str, ...] = field(default=())


ARABIC = Culture(
    "ar", "QMA", 0.20,
    men="Muhammad/Mohamed/Mohammed/Mohamad=محمد Ahmad/Ahmed=أحمد Ali/Aly=علي Hasan/Hassan=حسن Husayn/Hussein/Husain/Houssein=حسين "
    "Khalid/Khaled=خالد Umar/Omar=عمر Uthman/Othman/Osman=عثمان Yusuf/Youssef/Yousef=يوسف Ibrahim/Ebrahim=إبراهيم Mahmud/Mahmoud=محمود "
    "Mustafa/Moustafa=مصطفى Said/Saeed/Saïd=سعيد Salim/Saleem=سليم Salih/Saleh=صالح Karim/Kareem=كريم Nasir/Nasser=ناصر "
    "Walid/Waleed/Oualid=وليد Jamal/Gamal/Djamel=جمال Tariq/Tarek/Tarik=طارق Faysal/Faisal/Feisal=فيصل Sulayman/Suleiman/Soliman=سليمان "
    "Zakariyya/Zakaria=زكريا Abdullah/Abdallah=عبدالله Abdulrahman/Abdelrahman/Abderrahmane=عبدالرحمن Abdulaziz/Abdelaziz=عبدالعزيز "
    "Abdulkarim/Abdelkrim=عبدالكريم Hamza/Hamzah=حمزة Bilal/Belal=بلال Rashid/Rachid=رشيد Murad/Mourad=مراد Ziyad/Ziad=زياد "
    "Munir/Mounir=منير Bashir/Bachir=بشير Idris/Driss=إدريس Ayman/Aiman=أيمن Usama/Osama/Oussama=أسامة Hisham/Hicham=هشام",
    women="Fatima/Fatma/Fatimah=فاطمة Aisha/Aicha/Aysha=عائشة Maryam/Mariam/Meriem=مريم Zaynab/Zeinab/Zainab=زينب Khadija/Khadijah=خديجة "
    "Layla/Leila/Laila=ليلى Amina/Aminah=أمينة Nur/Nour/Noor=نور Salma/Selma=سلمى Huda/Houda=هدى Samira/Sameera=سميرة Nadya/Nadia=نادية "
    "Rania/Raniya=رانيا Hanan/Hanane=حنان Suad/Souad=سعاد Karima/Kareema=كريمة Jamila/Djamila=جميلة Widad/Ouidad=وداد",
    stems="Had=حد Bar=بار Qas=قاس Sham=شام Mas=مس Zah=زه Taw=طو Far=فار Jaz=جز Kin=كن Rub=رب Sab=صب Haj=حج Dul=دل Tam=تم Ghar=غر "
    "Naj=نج Sul=سل Ham=حم Kar=كر Bus=بص Jub=جب Maw=مو Ras=رس Shar=شر Wah=وه Yam=يم Zub=زب Tik=تك Ham=هم Saq=سق Fad=فض Luh=لح Qar=قر",
    endings="adi=ادي ani=اني awi/aoui=اوي iri/eeri=يري ali=الي imi/eimi=يمي uri/ouri=وري ari=اري aydi/eidi=يدي uni/ouni=وني ashi/achi=اشي idi=يدي "
    "asi=اسي ufi/oufi=وفي ibi=يبي amri=امري",
    order=("gfs", "gfs", "gs", "gffs"), native="Arab", links=("Al-", "al ", "El "),
)  # fmt: skip

PERSIAN = Culture(
    "fa", "QMB", 0.07,
    men="Muhammad/Mohammad=محمد Ali=علی Reza/Riza=رضا Hosayn/Hossein=حسین Mahdi/Mehdi=مهدی Amir=امیر Behruz/Behrouz=بهروز Dariush/Daryush=داریوش "
    "Farhad=فرهاد Kamran=کامران Mas'ud/Masoud/Massoud=مسعود Parviz=پرویز Rustam/Rostam=رستم Sa'id/Saeed=سعید Siavash/Siyavash=سیاوش "
    "Jamshid/Djamshid=جمشید Bahram=بهرام Kourosh/Kurosh/Cyrus=کوروش Navid=نوید Arash=آرش Hamid=حمید Javad/Djavad=جواد Ghulam/Gholam=غلام",
    women="Zahra=زهرا Maryam/Mariam=مریم Fatemeh/Fatima=فاطمه Shirin=شیرین Nasrin=نسرین Parisa=پریسا Mahnaz=مهناز Leila/Laila=لیلا "
    "Golnaz=گلناز Yasaman/Yasmin=یاسمن Simin=سیمین Niloufar/Nilufar=نیلوفر Farzaneh/Farzana=فرزانه Soraya/Suraya=ثریا",
    stems="Kar=کر Tab=تب Shir=شیر Gil=گیل Mor=مر Nur=نور Sal=سال Bag=باگ Rah=ره Far=فر Khor=خر Sham=شم Par=پر Gol=گل Ard=ارد Bam=بام "
    "Zan=زن Kash=کاش Tor=تر Yaz=یز Lar=لار Sav=ساو Ham=هم Qaz=قز Dam=دام Mal=مل Roh=ره Jah=جه",
    endings="imi/eemi=یمی adi=ادی ani=انی zadeh/zada=زاده pur/pour=پور iyan/ian=یان inejad/inezhad=ی‌نژاد avi=اوی abadi=ابادی far=فر mand=مند",
    order=("gs", "hgs", "gs"), native="Arab",
)  # fmt: skip

RUSSIAN = Culture(
    "ru", "QMC", 0.14,
    men="Aleksandr/Alexander/Alexandr=Александр Sergey/Sergei/Serguei=Сергей Dmitry/Dmitrii/Dmitriy=Дмитрий Andrey/Andrei=Андрей Aleksey/Alexei/Aleksei=Алексей "
    "Mikhail/Michail=Михаил Vladimir/Wladimir=Владимир Nikolay/Nikolai=Николай Evgeny/Yevgeny/Evgenii=Евгений Yury/Yuri/Iurii=Юрий "
    "Ilya/Ilia=Илья Viktor/Victor=Виктор Oleg=Олег Igor=Игорь Pavel=Павел Konstantin=Константин Vyacheslav/Viacheslav=Вячеслав "
    "Grigory/Grigorii=Григорий Anatoly/Anatolii=Анатолий Timofey/Timofei=Тимофей Artyom/Artem=Артём Maksim/Maxim=Максим Kirill/Kiril=Кирилл "
    "Semyon/Semen=Семён Zakhar/Zahar=Захар Ruslan=Руслан Timur=Тимур",
    women="Elena/Yelena=Елена Olga=Ольга Natalya/Natalia/Nataliia=Наталья Irina=Ирина Svetlana=Светлана Yulia/Julia/Iuliia=Юлия Tatyana/Tatiana=Татьяна "
    "Mariya/Maria=Мария Ekaterina/Yekaterina=Екатерина Anastasia/Anastasiya=Анастасия Yevgenia/Evgeniya=Евгения Ksenia/Xenia/Kseniya=Ксения "
    "Lyudmila/Liudmila/Ludmila=Людмила Darya/Daria=Дарья Zhanna/Janna=Жанна Oksana/Oxana=Оксана Galina=Галина Sofya/Sofia=Софья",
    stems="Bor=Бор Gav=Гав Zher=Жер Kos=Кос Lar=Лар Mish=Миш Nef=Неф Pol=Пол Rog=Рог Sav=Сав Tikh/Tih=Тих Ust=Уст Fil=Фил Khar/Har=Хар Chern/Tchern=Черн "
    "Shev=Шев Shch=Щ Yar/Iar=Яр Yud/Iud=Юд Zav=Зав Vor=Вор Grig=Григ Dol=Дол Kuz=Куз Lop=Лоп Mor=Мор Os=Ос Pan=Пан Ryab/Riab=Ряб Tsar/Tzar=Цар",
    endings="ikov/ikoff=иков enko=енко yansky/ianskii=янский inov/inoff=инов anov=анов ovich=ович yukhin/iukhin=юхин ashev/achev=ашев itsyn/itsin=ицын edov=едов "
    "uchin/utchin=учин omarev=омарев ezhov/ejov=ежов ugin=угин",
    women_endings="ikova=икова enko=енко yanskaya/ianskaia=янская inova=инова anova=анова ovich=ович yukhina/iukhina=юхина asheva/acheva=ашева itsyna/itsina=ицына "
    "edova=едова uchina/utchina=учина omareva=омарева ezhova/ejova=ежова ugina=угина",
    patronymic=("ovich=ович", "ovna=овна"), order=("gps", "gps", "gs"), native="Cyrl",
)  # fmt: skip

AZERI = Culture(
    "az", "QMD", 0.10,
    men="Elchin/Elçin/Eltschin=Елчин Murad/Mourad=Мурад Rashad/Rəşad/Reshad=Рәшад Vugar/Vüqar=Вүгар Jafar/Cəfər/Dzhafar/Djafar=Ҹәфәр Huseyn/Hüseyn/Gusein=Һүсејн "
    "Elshan/Elşən=Елшән Farid/Fərid=Фәрид Ilham/İlham=Илһам Khalid/Xalid/Halid=Халид Javid/Cavid/Dzhavid=Ҹавид Orkhan/Orxan/Orhan=Орхан "
    "Rufat/Rüfət=Рүфәт Samir/Səmir=Сәмир Tural=Турал Shahin/Şahin=Шаһин Zaur=Заур Ilgar/İlqar=Илгар Azer/Azər=Азәр Namig/Namiq/Namik=Намиг",
    women="Aygun/Aygün/Aigun=Ајҝүн Leyla/Leila=Лејла Gunel/Günel/Giunel=Ҝүнел Sevinj/Sevinc/Sevindzh=Севинҹ Nigar=Ниҝар Ulviyya/Ülviyyə/Ulvia=Үлвијјә "
    "Jamila/Cəmilə/Dzhamilya=Ҹәмилә Shahla/Şəhla=Шәһла Khadija/Xədicə/Khadidzha=Хәдиҹә Gulnara/Gülnarə=Ҝүлнарә Aysel=Ајсел",
    stems="Ba=Ба Ga/Qa=Га Jab/Cab/Dzhab=Ҹаб Khal/Xəl/Hal=Хәл Mam/Məm=Мәм Nas/Nəs=Нәс Raj/Rəc/Radzh=Рәҹ Shah/Şah=Шаһ Tag/Tağ=Тағ Veli/Vəli=Вәли Zey=Зеј Ibr=Ибр "
    "Kar/Kər=Кәр Suley/Süley=Сүлеј Gurb/Qurb=Гурб Hum/Hüm=Һүм Agh/Ağ/Ag=Ағ Dada/Dadə=Дадә Elmi=Елми Yus=Јус Chob/Çob=Чоб Isg/İsg=Исҝ",
    endings="arov/ərov=аров ayev/ayev=ајев ilov/ilov=илов ullayev=уллајев imov=имов anli/anlı=анлы zadeh/zadə/zade=задә ubov=убов ikov=иков uzov=узов",
    women_endings="arova/ərova=арова ayeva=ајева ilova=илова ullayeva=уллајева imova=имова anli/anlı=анлы zadeh/zadə/zade=задә ubova=убова ikova=икова uzova=узова",
    patronymic=(" oglu/ oğlu/ ogly= оғлу", " qizi/ qızı/ kyzy= гызы"), order=("gps", "gs", "gs"), native="Cyrl",
)  # fmt: skip

GEORGIAN = Culture(
    "ka", "QME", 0.06,
    men="Giorgi/Georgi=გიორგი Davit/David=დავით Levan=ლევან Zurab=ზურაბ Irakli/Irakly=ირაკლი Vakhtang/Vahtang=ვახტანგ Nodar=ნოდარ Shota/Schota=შოთა "
    "Tengiz/Tengis=თენგიზ Gocha/Gotcha=გოჩა Mamuka=მამუკა Otar=ოთარ Rezo=რეზო Temur/Teimur=თემურ Avtandil=ავთანდილ Jaba/Dzhaba=ჯაბა",
    women="Nino=ნინო Tamar/Tamara=თამარ Ketevan/Ketewan=ქეთევან Mariam/Maryam=მარიამ Khatuna/Hatuna=ხათუნა Nana=ნანა Eka=ეკა Tinatin=თინათინ Manana=მანანა "
    "Tsitsino/Citsino=ციცინო Natia=ნათია",
    stems="Ber=ბერ Gog=გოგ Dol=დოლ Kap=კაპ Lom=ლომ Mach/Match=მაჩ Nats=ნაც Pir=პირ Ram=რამ Sir=სირ Tsik/Cik=ციკ Khar/Har=ხარ Jav/Djav=ჯავ Shar=შარ Chk/Tchk=ჩკ "
    "Gel=გელ Zar=ზარ Mets=მეც Bak=ბაქ Tev=თევ Dzag=ძაგ Ghur/Gur=ღურ",
    endings="idze=იძე ashvili/achvili=აშვილი adze=აძე ava=ავა elia/eliya=ელია iani=იანი uridze=ურიძე eishvili/eichvili=ეიშვილი onia=ონია enadze=ენაძე",
    order=("gs",), native="Geor",
)  # fmt: skip

TURKISH = Culture(
    "tr", "QMF", 0.08,
    men="Mehmet/Mehmed=Mehmet Mustafa=Mustafa Ahmet/Ahmed=Ahmet Hüseyin/Huseyin=Hüseyin Çağlar/Caglar=Çağlar Ömer/Omer=Ömer Yiğit/Yigit=Yiğit Şükrü/Sukru=Şükrü "
    "Oğuz/Oguz=Oğuz Cem/Djem=Cem Emre=Emre Kadir=Kadir Osman=Osman Uğur/Ugur=Uğur Barış/Baris=Barış Tolga=Tolga Serkan=Serkan",
    women="Ayşe/Ayse=Ayşe Fatma=Fatma Emine=Emine Zeynep=Zeynep Gülşen/Gulsen=Gülşen Çiğdem/Cigdem=Çiğdem Özlem/Ozlem=Özlem Yıldız/Yildiz=Yıldız Sevgi=Sevgi "
    "Hatice=Hatice Elif=Elif Şule/Sule=Şule",
    stems="Ak Bay Çel/Cel Dem Er Gün/Gun Kar Koç/Koc Öz/Oz Şah/Sah Tür/Tur Yıl/Yil Tan Sev Kur Bal Kıl/Kil Tok Uz Yal",
    endings="oğlu/oglu demir kaya çı/ci türk/turk maz soy er daş/das can bulut ay gül/gul han yol ışık/isik",
    order=("gs", "ghs"),
)  # fmt: skip

EUROPEAN = Culture(
    "eu", "QMG", 0.17,
    men="Jean Pierre Andreas Johannes Stefan/Stephan/Stefano Michael/Michel/Mikael Jürgen/Juergen/Jurgen Nicolás/Nicolas/Nikolas José/Jose João/Joao Piotr/Pjotr "
    "Jakub Tomáš/Tomas/Thomas Marek Lukas/Lucas Carlos/Karlos Manuel Francisco Sean/Shaun Patrick Lars Bjørn/Bjorn/Bjoern Matti Giovanni Luca Hans Georg Björn/Bjoern "
    "Paweł/Pawel Krzysztof Wojciech Zoltán/Zoltan István/Istvan Ioan Nikolaos Dimitrios Petros François/Francois Étienne/Etienne Philipp/Philippe/Filip",
    women="Marie Maria Anna/Ana Katarzyna Małgorzata/Malgorzata Agnieszka Sofie/Sophie Ingrid Åsa/Asa/Aasa Zoë/Zoe Hélène/Helene Françoise/Francoise Carmen Lucía/Lucia "
    "Inês/Ines Ewa/Eva Žaneta/Zaneta Jana Petra Ursula Gisela Brigitte Catherine/Katherine/Catharina Eleni Ioanna Ilona Ágnes/Agnes",
    stems="Bern Hart Lind Kowal Wój/Woj Nov Dvoř/Dvor Mont Vill Cast Fern Rodr Gut Schm/Šm Weiss/Weiß Müll/Muell/Mull Kön/Koen/Kon Grün/Gruen/Grun Pap Stav Popa Jon And "
    "Lars Ols Brand Dub Lef Mart Per Vas Sant Bianc Ross Mac O'Br Van Szab Nagy Horv",
    endings="ner mann ski/sky ák/ak ova ez es el opoulos/opulos escu/esku sen son ström/strom/stroem gård/gard/gaard eau ier ini etti onne feld berg czyk/chik ić/ic/ich ás/as "
    "ein ard iger stein wald ová/ova",
    order=("gs", "ghs", "gss"),
)  # fmt: skip

SOUTH_ASIAN = Culture(
    "sa", "QMH", 0.10,
    men="Muhammad/Mohammad/Mohd/Mohammed Imran Rahman/Rehman Suresh/Sureesh Rajesh Abdul Arif/Aarif Faruq/Farooq/Farouk Javed/Jawed Tariq Vijay/Vijai Krishna Sanjay/Sanjai "
    "Anwar/Anwer Habib/Habeeb Iqbal Jahangir/Jehangir Karim/Kareem Mizanur/Mijanur Shafiq/Shafique Zahid Gurpreet Harjit/Harjeet Pradeep/Pradip Lakshman/Laxman Nasim/Naseem",
    women="Fatema/Fatima Nasreen/Nasrin Shabana Lakshmi/Laxmi Sunita/Suneeta Rukhsana/Ruksana Ayesha/Aisha Priya/Priyaa Nargis Sita/Seeta Rehana/Rihana Kamala Begum/Begam Parveen/Parvin "
    "Yasmin/Yasmeen Shanti",
    stems="Chowd Siddi Qure Sharm Rath Bann Mukh Patt Jayas Gun Wick Peir Sin Gup Ansa Mal Ahl Hos Tal Naw Bhatt Deshp Iyen Kul Raj Choudh",
    endings="hury/huri qui/qi shi a/aa ore erjee/erji el/il uriya awardena asinghe er/or hik ain/ein ukdar/uqdar az/aaz acharya ande/andey gar karni aj",
    order=("gs", "ghs", "gs"),
)  # fmt: skip

WEST_AFRICAN = Culture(
    "wa", "QMI", 0.08,
    men="Mamadou/Mamadu/Muhammadu Ousmane/Usman Ibrahima/Ibrahim Kwame/Kouame Kofi/Koffi Chukwu/Chuku Oluwaseun/Seun Babatunde/Tunde Amadou/Amadu Sekou/Seku Moussa/Musa Boubacar/Abubakar/Boubakar "
    "Emeka Chinedu Abdoulaye/Abdulai Cheikh/Sheikh Youssouf/Yusuf Tesfaye/Tesfay Gebre/Ghebre Haile Abebe Mwangi Otieno",
    women="Fatoumata/Fatumata Aminata Mariama/Mariam Ngozi Chioma Adjoa/Ajoa Akosua Hawa Kadiatou/Kadiatu Rokia/Rokiya Oumou/Umu Tigist/Tegest Selam Wanjiku Achieng",
    stems="Dia Tra Cou/Kou Kei Tou/Tu Sis Oka Ade Nwa Obi Men Ass Boa Kon Dou/Du Fof Bar Cam Oji Eze Teg Wel Ker Nja",
    endings="llo ore libaly/libali ta re soko for bayo chukwu ko sah fo te mbele ana ry ara ibe wa nay de mu go ngi",
    order=("gs", "ghs"),
)  # fmt: skip

CULTURES = (
    ARABIC, PERSIAN, RUSSIAN, AZERI, GEORGIAN, TURKISH, EUROPEAN, SOUTH_ASIAN, WEST_AFRICAN,
)  # fmt: skip
